import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs'
import { type DrawerTab, drawerTabs } from '../../../app/search-params'
import { eventsText } from '../../../i18n/events'
import { CodeBlock } from '../../../ui/code-block'
import { CopyButton } from '../../../ui/copy-button'
import { cx } from '../../../ui/cx'
import type { AuditEvent } from '../model/types'
import { EventDetails } from './event-details'
import styles from './event-drawer.module.css'

type Props = { event: AuditEvent; tab: DrawerTab; onTab: (tab: DrawerTab) => void }

const names = eventsText.drawer

export function DrawerTabs({ event, tab, onTab }: Props) {
  const json = JSON.stringify(event, null, 2)
  return (
    <Tabs
      className={cx(styles.tabs)}
      selectedKey={tab}
      onSelectionChange={(key) => onTab(drawerTabs.find((item) => item === key) ?? 'details')}
    >
      <TabList className={cx(styles.tabList)} aria-label={names.region}>
        {drawerTabs.map((id) => (
          <Tab key={id} id={id} className={cx(styles.tab)}>
            {names.tabs[id]}
          </Tab>
        ))}
      </TabList>
      <TabPanel id="details" className={cx(styles.panel)}>
        <EventDetails event={event} />
      </TabPanel>
      <TabPanel id="json" className={cx(styles.panel)}>
        <CopyButton text={json} />
        <CodeBlock text={json} label={names.tabs.json} />
      </TabPanel>
    </Tabs>
  )
}
