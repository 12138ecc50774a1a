// What is never read: passwords, codes and card numbers, and whatever a style masks.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.secrets = (() => {
  // https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
  const AUTOFILL =
    /^(?:(?:current|new)-password|one-time-code|cc-(?:number|csc|exp|exp-month|exp-year))$/
  // Fields that say so only in their name. Whole words: a "pin" is none in "opinion".
  const NAMES = new Set([
    ...['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'pin', 'otp', 'totp', 'mfa'],
    ...['cvv', 'cvv2', 'cvc', 'cvc2', 'csc', 'ccnumber', 'cardnumber', 'cardnum', 'ssn', 'iban'],
  ])
  const NAME_PAIRS = /(?:card|cc) (?:number|num|no|code)|(?:security|one time|verification) code/
  // Fonts that draw a dot for every letter, from before Firefox knew -webkit-text-security.
  const MASKING_FONT = /^["']?(?:text-security|dotsfont|password|passwordfont)\b/i

  /** Whether a style masks text. @param {CSSStyleDeclaration} style */
  function isMasked(style) {
    const security = style.getPropertyValue('-webkit-text-security')
    return (security !== '' && security !== 'none') || MASKING_FONT.test(style.fontFamily)
  }

  /** @param {HTMLInputElement | HTMLTextAreaElement} field */
  function isSecretField(field) {
    if (field.type === 'password') return true
    // The property leaves out what the browser does not know.
    const autofill = (field.getAttribute('autocomplete') ?? '').toLowerCase().split(/\s+/)
    if (autofill.some((token) => AUTOFILL.test(token))) return true
    return [field.name, field.id].some(isSecretName) || isMasked(lensmith.dom.styleOf(field))
  }

  /** @param {string} name */
  function isSecretName(name) {
    const words = name
      .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
    return words.some((word) => NAMES.has(word)) || NAME_PAIRS.test(words.join(' '))
  }

  return {isMasked, isSecretField}
})()
