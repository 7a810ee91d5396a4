const PREFIX = 'urn:chaintwin:'

/** Shorten a body's code for an address. */
export function shortCode(code: string): string {
  return code.startsWith(PREFIX) ? code.slice(PREFIX.length) : code
}

/** Restore the full code from an address. */
export function fullCode(short: string): string {
  return short.startsWith('urn:') ? short : PREFIX + short
}

/** Addresses of the pages; pages link to each other only through these. */
export const toPage = {
  cockpit: () => '/',
  chains: () => '/chains',
  directions: () => '/directions',
  targets: () => '/targets',
  firm: (code: string) => `/firms/${shortCode(code)}`,
  firms: () => '/firms',
  body: (code: string) => `/bodies/${shortCode(code)}`,
  bodies: () => '/bodies',
  project: (code: string) => `/projects/${shortCode(code)}`,
  projects: () => '/projects',
  imports: () => '/imports',
  intake: () => '/intake',
  sources: () => '/sources',
  branches: () => '/branches',
  branch: (number: number) => `/branches/${number}`,
}
