import { IconActivity, IconClock, IconFlag, IconPencil, type TablerIcon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Customer360 } from '@/api/types';
import { formatCount } from '@/lib/money';
import { When } from '@/ui/When';
import { Addresses } from './Addresses';
import { ConsentsSection } from './ConsentsSection';
import { ContactPoints } from './ContactPoints';
import { Relations } from './Relations';
import classes from './Sections.module.css';

/** The right-hand side of a customer's page: key figures and what hangs on the customer. */
export function Sections({ id, data, mayWrite }: { id: number; data: Customer360; mayWrite: boolean }) {
  const me = useMe();
  return (
    <>
      <KeyFigures figures={data.figures} />
      <Relations
        id={id}
        first={data.relations.results}
        isCompany={data.profile.customer_type === 'company'}
        mayWrite={mayWrite}
      />
      <ContactPoints id={id} points={data.contact_points} mayWrite={mayWrite} />
      <Addresses id={id} addresses={data.addresses} mayWrite={mayWrite} />
      <ConsentsSection id={id} first={data.consents} mayWrite={may(me, 'consent.write')} />
    </>
  );
}

const figureIcons: Record<string, TablerIcon> = {
  events: IconActivity,
  changes: IconPencil,
  first_event_at: IconFlag,
  last_event_at: IconClock,
};

function KeyFigures({ figures }: { figures: Customer360['figures'] }) {
  const { t, i18n } = useTranslation();
  const show = (name: string, value: unknown) => {
    if (value === null || value === undefined) return '—';
    // Moments come in microseconds or as ISO text.
    if (name.endsWith('_at'))
      return <When at={new Date(Number(value) / 1000 || String(value)).toISOString()} relative />;
    return formatCount(Number(value), i18n.language);
  };
  return (
    <dl className={classes.figures}>
      {Object.entries(figures).map(([name, value]) => {
        const Icon = figureIcons[name];
        return (
          <div key={name} className={classes.figure} data-moment={name.endsWith('_at') || undefined}>
            <dt>
              {Icon && <Icon size={14} stroke={1.7} aria-hidden />}
              {t(`customers.figure.${name}`, { defaultValue: name })}
            </dt>
            <dd>{show(name, value)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
