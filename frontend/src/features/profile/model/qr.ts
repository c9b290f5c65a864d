import { encode } from 'uqr'

export type Qr = { size: number; path: string }

/** A QR code as one path of squares, with the quiet margin that scanners want. */
export function qrOf(text: string): Qr {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: squares.join('') }
}
