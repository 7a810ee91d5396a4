import { byFolder } from './words'

export const words = byFolder(
  import.meta.glob(['../{app,shared}/words.en.json', '../pages/*/words.en.json'], { eager: true }),
)
