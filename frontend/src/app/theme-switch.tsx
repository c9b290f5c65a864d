import { useId } from 'react'
import { t } from '../i18n'
import { Icon, type IconName } from '../ui/icon'
import { setTheme, type Theme, useTheme } from '../ui/theme'
import styles from './theme-switch.module.css'

const choices: readonly { theme: Theme; icon: IconName; label: string }[] = [
  { theme: 'system', icon: 'screen', label: t.shell.themeSystem },
  { theme: 'light', icon: 'sun', label: t.shell.themeLight },
  { theme: 'dark', icon: 'moon', label: t.shell.themeDark },
]

export function ThemeSwitch() {
  const theme = useTheme()
  // The page has it twice while the navigation is open over it.
  const name = useId()
  return (
    <fieldset className={styles.group}>
      <legend className="visually-hidden">{t.shell.theme}</legend>
      {choices.map((choice) => (
        <label key={choice.theme} className={styles.choice} title={choice.label}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={choice.theme === theme}
            onChange={() => setTheme(choice.theme)}
          />
          <Icon name={choice.icon} />
          <span className="visually-hidden">{choice.label}</span>
        </label>
      ))}
    </fieldset>
  )
}
