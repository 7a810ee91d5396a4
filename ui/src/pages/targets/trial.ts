/** Read weights to try from the address: fit:30,ties:20. */
export function parseWeights(text: string | undefined): Record<string, number> {
  const pairs = (text ?? '').split(',').map((pair) => pair.split(':'))
  return Object.fromEntries(
    pairs
      .filter(([name, value]) => name && value && !Number.isNaN(Number(value)))
      .map(([name, value]) => [name as string, Number(value)]),
  )
}

/** Write weights to try into the address; none: nothing. */
export function writeWeights(weights: Record<string, number>): string | undefined {
  const text = Object.entries(weights)
    .map(([name, value]) => `${name}:${value}`)
    .join(',')
  return text || undefined
}
