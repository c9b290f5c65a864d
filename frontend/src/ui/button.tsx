import type { ReactNode } from 'react'
import styles from './button.module.css'
import { cx } from './cx'

export type ButtonLook = {
  variant?: 'plain' | 'primary' | 'ghost' | 'danger'
  /** Square, for one icon; give it an aria-label. */
  isIcon?: boolean
  isWide?: boolean
}

type Props = ButtonLook & {
  type?: 'button' | 'submit'
  /** Does nothing for now, but keeps the focus, which `disabled` would not. */
  isBusy?: boolean
  id?: string
  onPress?: () => void
  title?: string
  'aria-label'?: string
  'aria-expanded'?: boolean
  children: ReactNode
}

export function buttonClass({ variant = 'plain', isIcon = false, isWide = false }: ButtonLook): string {
  return cx(styles.button, styles[variant], isIcon && styles.icon, isWide && styles.wide)
}

/** The browser's own button; what opens a popover is a TriggerButton. */
export function Button({ variant, isIcon, isWide, type = 'button', isBusy, onPress, ...props }: Props) {
  const look = { ...(variant && { variant }), ...(isIcon && { isIcon }), ...(isWide && { isWide }) }
  return (
    <button
      {...props}
      type={type}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? undefined : onPress}
      className={buttonClass(look)}
    />
  )
}
