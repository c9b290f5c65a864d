import { t } from '../../../i18n'
import { Button } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { PageTitle } from '../../../ui/page-title'
import { useCopy } from '../../../ui/use-copy'
import { ownPack, packName } from '../model/entries'
import { catalogMarkdown } from '../model/markdown'
import type { Entry, Organization } from '../model/types'
import type { ViewProps } from './catalog-view'
import { focusDrawer, settingsButtonId, soon } from './focus'
import styles from './toolbar.module.css'

const names = t.catalog.toolbar

export function Toolbar({ url, catalog, organization, name }: ViewProps) {
  const { search, patch } = url

  const hasSettings = search.panel !== undefined

  function onSettings(): void {
    patch({ panel: hasSettings ? undefined : 'settings', type: undefined }, { replace: false })
    if (!hasSettings) soon(focusDrawer)
  }

  return (
    <div className={styles.toolbar}>
      <PageTitle title={t.catalog.title} place={name} />
      <Summary organization={organization.data} />
      <div className={styles.actions}>
        <Button aria-label={names.refresh} isBusy={catalog.isRefreshing} onPress={catalog.refresh}>
          <Icon name="refresh" />
          <span className={styles.text}>{catalog.isRefreshing ? names.refreshing : names.refresh}</span>
        </Button>
        <CopyMarkdown title={`${t.catalog.title} · ${name}`} entries={catalog.shown ?? []} />
        <Button
          id={settingsButtonId}
          aria-label={names.settings}
          aria-expanded={hasSettings}
          onPress={onSettings}
        >
          <Icon name="sliders" />
          <span className={styles.text}>{names.settings}</span>
        </Button>
      </div>
    </div>
  )
}

/** Which packs name the actions, and what becomes of the others, in one line. */
function Summary({ organization }: { organization: Organization | undefined }) {
  if (!organization) return <span className={styles.summary} />
  const packs = [...organization.packs, ownPack].map(packName).join(' → ')
  return (
    <span className={styles.summary}>{names.summary(packs, names.policy[organization.unknown_actions])}</span>
  )
}

function CopyMarkdown({ title, entries }: { title: string; entries: readonly Entry[] }) {
  const { state, copy } = useCopy()
  return (
    <>
      <Button aria-label={names.markdown} onPress={() => void copy(catalogMarkdown(title, entries))}>
        <Icon name={state === 'copied' ? 'check' : 'copy'} />
        <span className={styles.text}>{state === 'copied' ? t.copied : names.markdown}</span>
      </Button>
      <span role="status" className={state === 'impossible' ? styles.note : 'visually-hidden'}>
        {state === 'copied' && t.copied}
        {state === 'impossible' && t.copyNeedsHttps}
      </span>
    </>
  )
}
