import { t } from '../i18n'
import styles from './drawer-frame.module.css'

const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

export function DrawerSkeleton() {
  return (
    <div className={styles.skeleton}>
      <span className="visually-hidden">{t.loading}</span>
      {lines.map((line) => (
        <span key={line} className={styles.bone} />
      ))}
    </div>
  )
}
