import { Button } from './button'
import { Icon, type IconName } from './icon'

type Props = { icon: IconName; label: string; onPress: () => void }

export function IconButton({ icon, label, onPress }: Props) {
  return (
    <Button variant="ghost" isIcon aria-label={label} title={label} onPress={onPress}>
      <Icon name={icon} />
    </Button>
  )
}
