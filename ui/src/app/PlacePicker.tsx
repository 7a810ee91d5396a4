import { useMe } from '../shared/session'

/** The place one works for. */
export function PlacePicker() {
  const me = useMe()
  return <div className="place" data-testid="place">{me.place.name}</div>
}
