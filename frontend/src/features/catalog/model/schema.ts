export type SchemaRow = {
  /** Where in `parameters`, dots between the names, `[]` for the items of a list. */
  name: string
  type: string
  isRequired: boolean
  description: string
  /** What else must hold, as the schema says it. */
  limits: string[]
}

type Json = Record<string, unknown>

const maxDepth = 6

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Follows a reference within the same schema; what leads elsewhere stays as it is. */
export function resolve(schema: unknown, root: unknown): Json {
  if (!isObject(schema)) return {}
  const ref = schema.$ref
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return schema
  let place: unknown = root
  for (const step of ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    place = isObject(place) ? place[key] : undefined
  }
  return isObject(place) ? { ...place, ...schema, $ref: undefined } : schema
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The type in a word or two: `string`, `one of "card", "transfer"`, `list of object`. */
export function typeName(schema: Json, root: unknown): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((item) => JSON.stringify(item)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema.const)
  const alternatives = schema.oneOf ?? schema.anyOf
  if (Array.isArray(alternatives))
    return alternatives.map((item) => typeName(resolve(item, root), root)).join(' | ')
  const type = Array.isArray(schema.type) ? schema.type.map(text).join(' | ') : text(schema.type ?? 'any')
  if (type === 'array' && isObject(schema.items)) {
    const items = typeName(resolve(schema.items, root), root)
    return items.includes('|') ? `(${items})[]` : `${items}[]`
  }
  return typeof schema.format === 'string' ? `${type} (${schema.format})` : type
}

const limitKeys = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'default',
]

function limitsOf(schema: Json): string[] {
  return limitKeys.flatMap((key) => (key in schema ? [`${key} ${text(schema[key])}`] : []))
}

/** The members of a JSON Schema as rows; those of an object follow it. */
export function schemaRows(root: unknown): SchemaRow[] {
  return membersOf(resolve(root, root), root, '', 0)
}

function membersOf(schema: Json, root: unknown, prefix: string, depth: number): SchemaRow[] {
  if (depth >= maxDepth || !isObject(schema.properties)) return []
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(schema.properties).flatMap(([key, value]) => {
    const member = resolve(value, root)
    const name = prefix + key
    const row: SchemaRow = {
      name,
      type: typeName(member, root),
      isRequired: required.includes(key),
      description: typeof member.description === 'string' ? member.description : '',
      limits: limitsOf(member),
    }
    const items = resolve(member.items, root)
    return [
      row,
      ...membersOf(member, root, `${name}.`, depth + 1),
      ...membersOf(items, root, `${name}[].`, depth + 1),
    ]
  })
}

/** Whether parameters that the schema does not name are refused. */
export function isClosed(root: unknown): boolean {
  const schema = resolve(root, root)
  return schema.additionalProperties === false || schema.unevaluatedProperties === false
}
