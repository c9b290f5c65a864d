import type { Preset } from '../../../app/search-params'

export type RowPlace = { index: number; top: number; height: number; preset: Preset; isNarrow: boolean }

/** Rows count from 1 and the header is the first. */
export const rowIndexOffset = 2

export function placeOf({ top, height }: RowPlace) {
  return { height, transform: `translateY(${top}px)` }
}
