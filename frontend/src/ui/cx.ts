/** Joins class names; CSS modules give `string | undefined`, components of React Aria want a string. */
export function cx(...names: readonly (string | false | undefined)[]): string {
  return names.filter(Boolean).join(' ')
}
