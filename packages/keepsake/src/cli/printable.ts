/** Control and format characters, and what ends a line for some: a terminal would obey, or show something else. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** What a visitor wrote must not steer a terminal, nor look like another column. */
export function printable(text: string): string {
  return text.replace(STEERING, (it) => `\\u{${it.codePointAt(0)?.toString(16)}}`)
}

/** JSON over several lines, whose texts are as harmless. */
export function printableJson(value: unknown): string {
  const unit = (character: string): string =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value, null, 2).replace(STEERING, (it) => it.split('').map(unit).join(''))
}
