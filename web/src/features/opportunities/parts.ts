import type { components } from '@/api/schema';

type Schemas = components['schemas'];

/** A product that is sold, at its price. */
export type Line = Schemas['OpportunityLine'];
export type NewLine = Schemas['LineInput'];
/** A person who has a say. */
export type Stakeholder = Schemas['Stakeholder'];
export type NewStakeholder = Schemas['StakeholderInput'];
export type StakeholderRole = Schemas['StakeholderRole'];
export const roles: StakeholderRole[] = ['decision_maker', 'champion', 'influencer', 'user', 'procurement', 'blocker'];
