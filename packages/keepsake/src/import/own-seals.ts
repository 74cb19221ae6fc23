export { type OwnSealsOptions, ownSeals } from '../core/own-seals.ts'
