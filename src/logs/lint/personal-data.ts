/** Kinds of personal data and secrets whose shape can be told without knowing anybody. */
export const PERSONAL_KINDS = [
  'e-mail addresses',
  'phone numbers',
  'payment cards',
  'IBANs',
  'access keys',
] as const
export type PersonalKind = (typeof PERSONAL_KINDS)[number]

const EMAIL = /\b[\w.+-]{1,64}@(?!example\.)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}\b/i
/** With a country code and at least nine digits: shorter runs are numbers of anything. */
const PHONE = /(?<![\w+])\+[1-9]\d{0,2}[\s.-]?(?:\(\d{1,4}\)[\s.-]?)?\d(?:[\s.-]?\d){7,11}(?!\w)/
const CARD = /(?<![\w-])(?:\d[ -]?){12,18}\d(?![\w-])/g
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g
/** As their issuers make them: OpenAI and Anthropic, AWS, GitHub, Slack, Google, private keys. */
const KEY =
  /\bsk-(?:ant-|proj-)?[\w-]{20,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36,}|\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{35}\b|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/

/** What of it a text seems to hold. Cards must pass Luhn's sum (ISO/IEC 7812-1), IBANs theirs (ISO 13616). */
export function personalKinds(text: string): readonly PersonalKind[] {
  const found: PersonalKind[] = []
  if (text.includes('@') && EMAIL.test(text)) found.push('e-mail addresses')
  if (text.includes('+') && PHONE.test(text)) found.push('phone numbers')
  if (matches(text, CARD).some(isCard)) found.push('payment cards')
  if (matches(text, IBAN).some(isIban)) found.push('IBANs')
  if (KEY.test(text)) found.push('access keys')
  return found
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return text.match(pattern) ?? []
}

/** First digits and lengths of Visa, Mastercard, American Express and Discover. */
const ISSUED =
  /^(?:4\d{12}(?:\d{3}(?:\d{3})?)?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011\d{12}|5\d{14}))$/

function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  if (!ISSUED.test(digits)) return false
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 1 ? 2 * digit : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0 && new Set(digits).size > 1
}

function isIban(text: string): boolean {
  const compact = text.replace(/ /g, '')
  const rest = Array.from(compact.slice(4) + compact.slice(0, 4), (sign) => parseInt(sign, 36)).join('')
  let remainder = 0
  for (const digit of rest) remainder = (10 * remainder + Number(digit)) % 97
  return remainder === 1
}
