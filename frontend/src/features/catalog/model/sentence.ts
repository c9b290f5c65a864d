import { catalogText } from '../../../i18n/catalog'

/** A piece of a template: text, or a place that an event fills. */
export type Part = { text: string } | { slot: string; fallback: string | undefined }

/** `{actor} invited {target|a user}` in its parts, as the service reads it. */
export function parseSentence(template: string): Part[] {
  const parts: Part[] = []
  let from = 0
  for (const match of template.matchAll(/\{([^{}|]*)(?:\|([^{}]*))?\}/g)) {
    if (match.index > from) parts.push({ text: template.slice(from, match.index) })
    parts.push({ slot: match[1] ?? '', fallback: match[2] })
    from = match.index + match[0].length
  }
  if (from < template.length) parts.push({ text: template.slice(from) })
  return parts
}

/** Each place once, in the order of the sentence. */
export function slotsOf(template: string): { slot: string; fallback: string | undefined }[] {
  const slots = new Map<string, string | undefined>()
  for (const part of parseSentence(template)) {
    if ('slot' in part && !slots.has(part.slot)) slots.set(part.slot, part.fallback)
  }
  return [...slots].map(([slot, fallback]) => ({ slot, fallback }))
}

export type Outcome = 'success' | 'failure' | 'denied'
export const outcomes: readonly Outcome[] = ['success', 'failure', 'denied']

/** Longest value in a sentence; the service cuts the rest. */
const maxValueChars = 200

export type Piece = { text: string; slot?: string }

/** The sentence that the service would write; what came from an event is told apart from the template's own words. */
export function previewSentence(
  template: string,
  values: Readonly<Record<string, string>>,
  outcome: Outcome,
): Piece[] {
  const pieces: Piece[] = parseSentence(template).map((part) => {
    if ('text' in part) return part
    const value = values[part.slot]
    return value ? { text: cut(value), slot: part.slot } : { text: part.fallback ?? '' }
  })
  const end = catalogText.preview.end[outcome]
  return end ? [...pieces, { text: end }] : pieces
}

function cut(value: string): string {
  const chars = Array.from(value)
  return chars.length > maxValueChars ? `${chars.slice(0, maxValueChars).join('')}…` : value
}
