import { useSession } from '../../api/use-session'
import { t } from '../../i18n'
import { Icon } from '../../ui/icon'
import { PageTitle } from '../../ui/page-title'
import { StatePanel } from '../../ui/state-panel'
import styles from './landing-page.module.css'

/** For people of no organization: an operator learns what he can see, anybody else whom to ask. */
export function LandingPage() {
  const session = useSession()
  if (!session?.user.is_operator) {
    return (
      <StatePanel icon="lock" title={t.operator.none} isPage>
        <p>{t.operator.noneDetail}</p>
      </StatePanel>
    )
  }
  return (
    <div className={styles.page}>
      <PageTitle title={t.operator.title} />
      <p className={styles.lead}>{t.operator.lead}</p>
      <section className={styles.card}>
        <h2>{t.operator.canTitle}</h2>
        <ul className={styles.list}>
          {t.operator.can.map((line) => (
            <li key={line}>
              <Icon name="arrow" /> {line}
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}
