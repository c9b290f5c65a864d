import { useSpoken } from './announce'

/** The one place that speaks; it is always there, for a region that comes with its text is often not read. */
export function LiveRegion() {
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-live>
      {useSpoken()}
    </div>
  )
}
