import { byFolder } from './words'

export const words = byFolder(
  import.meta.glob(['../{app,shared}/words.zh.json', '../pages/*/words.zh.json'], { eager: true }),
)
