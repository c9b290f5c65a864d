const language = 'en'
const pluralRules = new Intl.PluralRules(language)
const numberFormat = new Intl.NumberFormat(language)

export function formatNumber(value: number): string {
  return numberFormat.format(value)
}

export function count(value: number, one: string, other: string): string {
  return `${formatNumber(value)} ${pluralRules.select(value) === 'one' ? one : other}`
}
