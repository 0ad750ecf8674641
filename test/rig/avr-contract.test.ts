/** The emulated rig does what every rig has to do. */
import { avrRig } from '#hil/rig/avr/rig'
import { rigContract } from './contract.ts'

rigContract('avr', avrRig, { numRuns: 3 })
