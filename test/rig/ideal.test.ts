/** The ideal rig does what every rig has to do. */
import { idealRig } from '#hil/rig/ideal'
import { rigContract } from './contract.ts'

rigContract('ideal', idealRig)
