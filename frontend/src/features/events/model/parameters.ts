export type Pair = { key: string; value: string }

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value in one line: text as it is, the rest as JSON. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** The compact `key: value` list of the grid. */
export function compactParameters(parameters: unknown): Pair[] {
  if (!isObject(parameters)) return []
  return Object.entries(parameters).map(([key, value]) => ({ key, value: formatValue(value) }))
}
