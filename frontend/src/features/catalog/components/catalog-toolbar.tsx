import { t } from '../../../i18n'
import { catalogText } from '../../../i18n/catalog'
import { Toolbar } from '../../../ui/toolbar'
import { ToolbarButton } from '../../../ui/toolbar-button'
import { useCopy } from '../../../ui/use-copy'
import { ownPack, packName } from '../model/entries'
import { catalogMarkdown } from '../model/markdown'
import type { Entry, Organization } from '../model/types'
import styles from './catalog-toolbar.module.css'
import type { ViewProps } from './catalog-view'
import { focusDrawer, settingsButtonId, soon } from './focus'

const names = catalogText.toolbar

export function CatalogToolbar({ url, catalog, organization, name }: ViewProps) {
  const { search, patch } = url
  const hasSettings = search.panel !== undefined

  function onSettings(): void {
    patch({ panel: hasSettings ? undefined : 'settings', type: undefined }, { replace: false })
    if (!hasSettings) soon(focusDrawer)
  }

  return (
    <Toolbar
      title={catalogText.title}
      place={name}
      note={organization.data && summaryOf(organization.data)}
      isRefreshing={catalog.isRefreshing}
      onRefresh={catalog.refresh}
    >
      <CopyMarkdown title={`${catalogText.title} · ${name}`} entries={catalog.shown ?? []} />
      <ToolbarButton
        id={settingsButtonId}
        icon="sliders"
        label={names.settings}
        aria-expanded={hasSettings}
        onPress={onSettings}
      />
    </Toolbar>
  )
}

/** Which packs name the actions, and what becomes of the others, in one line. */
function summaryOf(organization: Organization): string {
  const packs = [...organization.packs, ownPack].map(packName).join(' → ')
  return names.summary(packs, names.policy[organization.unknown_actions])
}

function CopyMarkdown({ title, entries }: { title: string; entries: readonly Entry[] }) {
  const { state, copy } = useCopy()
  return (
    <>
      <ToolbarButton
        icon={state === 'copied' ? 'check' : 'copy'}
        label={names.markdown}
        text={state === 'copied' ? t.copied : names.markdown}
        onPress={() => void copy(catalogMarkdown(title, entries))}
      />
      <span role="status" className={state === 'impossible' ? styles.note : 'visually-hidden'}>
        {state === 'copied' && t.copied}
        {state === 'impossible' && t.copyNeedsHttps}
      </span>
    </>
  )
}
