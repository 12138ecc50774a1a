// A pause between two pieces of work that block the thread.

/** Lets the messages in that came during it: timers would wait 4 ms or more. */
export function breathe() {
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve(undefined)
    }
    port2.postMessage(null)
  })
}
