import { catalogText } from '../../../i18n/catalog'
import { activityName, entryName, groupEntries, packName } from './entries'
import type { Entry } from './types'

const names = catalogText

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`
}

function row(entry: Entry): string {
  const label = entry.deprecated ? `${entryName(entry)} (${names.deprecated})` : entryName(entry)
  const events = String(entry.observed?.events ?? 0)
  const lastSeen = entry.observed?.last_seen ?? ''
  return line([
    label,
    `\`${entry.action}\``,
    activityName(entry) ?? '',
    entry.description ?? '',
    events,
    lastSeen,
  ])
}

/** The shown entries as a document: for a wiki, a handbook, an auditor. */
export function catalogMarkdown(title: string, entries: readonly Entry[]): string {
  const { event, action, activityType, description, seen, lastSeen } = names.columns
  const head = line([event, action, activityType, description, seen, lastSeen])
  const rule = '| --- | --- | --- | --- | ---: | --- |'
  const sections = groupEntries(entries).flatMap((group) => {
    const heading = group.pack ? `${packName(group.pack)}: ${group.title}` : group.title
    return [`## ${heading}`, '', head, rule, ...group.entries.map(row), '']
  })
  return [`# ${title}`, '', names.intro.lead, '', ...sections].join('\n')
}
