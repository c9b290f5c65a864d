import { describe, expect, it } from 'vitest'
import { visibleText } from './visible-text'

describe('visibleText', () => {
  it('shows what turns or hides', () => {
    expect(visibleText('ada\u202Emoc.live@')).toBe('ada[U+202E]moc.live@')
    for (const code of [0x200b, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff]) {
      const hex = code.toString(16).toUpperCase()
      expect(visibleText(`a${String.fromCharCode(code)}b`)).toBe(`a[U+${hex}]b`)
    }
  })

  it('leaves other text alone, of either direction', () => {
    for (const text of ['Ada Lovelace', 'שלום', 'مرحبا', 'naïve – “quoted”', 'a\nb', ''])
      expect(visibleText(text)).toBe(text)
  })
})
