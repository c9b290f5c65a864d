/** Characters that turn the direction of text or have no width: with them one name can look like another. */
const hidden = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

function mark(character: string): string {
  return `[U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`
}

/** The text with what would deceive the eye made visible. */
export function visibleText(text: string): string {
  return text.replace(hidden, mark)
}
