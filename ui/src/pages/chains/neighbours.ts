export interface Edge {
  supplier: string
  buyer: string
  criticality: 'essential' | 'important' | 'minor'
  share: number | null
}

/** How a link stands to the one that is looked at. */
export type Role = 'self' | 'input' | 'buyer' | 'none'

export interface Lit {
  role: Role
  criticality?: Edge['criticality']
}

/** Tell for every link near the one looked at whether it supplies it or buys from it. */
export function lightUp(edges: readonly Edge[], looked: string | null): Map<string, Lit> {
  const lit = new Map<string, Lit>()
  if (!looked) return lit
  for (const edge of edges) {
    if (edge.buyer === looked) lit.set(edge.supplier, { role: 'input', criticality: edge.criticality })
    if (edge.supplier === looked) lit.set(edge.buyer, { role: 'buyer', criticality: edge.criticality })
  }
  lit.set(looked, { role: 'self' })
  return lit
}
