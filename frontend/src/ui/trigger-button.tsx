import { Button as AriaButton, type ButtonProps } from 'react-aria-components/Button'
import { type ButtonLook, buttonClass } from './button'

type Props = Omit<ButtonProps, 'className'> & ButtonLook

/** A button inside a DialogTrigger. */
export function TriggerButton({ variant = 'plain', isIcon = false, isWide = false, ...props }: Props) {
  return <AriaButton {...props} className={buttonClass({ variant, isIcon, isWide })} />
}
