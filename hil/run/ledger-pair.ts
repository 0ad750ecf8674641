/**
 * Two ledgers that can part: programs as prescribed and as stored; volume believed and delivered; volume prescribed and
 * delivered; drug believed and drug that left the reservoir; drug prescribed and drug out of the tip.
 */
export type LedgerPair = 'program' | 'belief' | 'volume' | 'believed-mass' | 'mass'
