// Newer models come with newer packages. The builder puts delivery/background-updates.js here where
// a server delivers what the author signed.

/** Called when the background starts. */
export function keepModelCurrent() {}

/** @type {() => Promise<string | null>} The version of a newer model that came. */
export const lookForUpdate = async () => null
