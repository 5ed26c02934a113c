import type { LinkProps } from '@tanstack/react-router';
import type { KeptRecord } from '@/api/kept';
import { entityOf, recordKinds } from '@/api/records';
import { may } from '@/api/session';
import type { Me } from '@/api/types';

/** The page of a record. */
export function recordLink({ entity, id }: Pick<KeptRecord, 'entity' | 'id'>): Pick<LinkProps, 'to' | 'params'> {
  if (entity === 'lead') return { to: '/leads/$leadId', params: { leadId: id } };
  if (entity === 'activity') return { to: '/activities/$activityId', params: { activityId: id } };
  if (entity === 'communication') return { to: '/communications/$communicationId', params: { communicationId: id } };
  if (entity === 'opportunity') return { to: '/opportunities/$opportunityId', params: { opportunityId: id } };
  return { to: '/customers/$customerId', params: { customerId: id } };
}

/** Is it the address of a record's page? */
export const isRecordPath = (path: string) =>
  /^\/(customers|leads|opportunities|activities|communications)\/\d+$/.test(path);

/** May the user read records of any kind? */
export const readsRecords = (me: Me) => recordKinds.some((kind) => may(me, `${entityOf[kind]}.read`));

/** Tells a record from all others. */
export const recordId = ({ entity, id }: Pick<KeptRecord, 'entity' | 'id'>) => `${entity}.${id}`;
