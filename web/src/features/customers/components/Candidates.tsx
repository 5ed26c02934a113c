import { Anchor, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DuplicateCheck } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { likelihood } from '../duplicates';
import classes from './Duplicates.module.css';

/**
 * Who may be there already. Stands below what is being typed, so that nothing moves under the hands, and is told once, politely. Where
 * it is as good as certain, one has to say that one means it.
 */
export function Candidates({
  check,
  isAsked,
  isMeant,
  onMeant,
}: {
  check: DuplicateCheck | undefined;
  /** Whether to ask for an explicit word. */
  isAsked: boolean;
  isMeant: boolean;
  onMeant: (meant: boolean) => void;
}) {
  const { t } = useTranslation();
  const found = check ? check.candidates.length + check.hidden_count : 0;
  return (
    <>
      <div className="visually-hidden" role="status">
        {found > 0 ? t('customers.duplicate.found', { count: found }) : ''}
      </div>
      {check && found > 0 && (
        <section className={classes.candidates} aria-labelledby="candidates">
          <h3 id="candidates">{t('customers.duplicate.title')}</h3>
          <ul>
            {check.candidates.map((candidate) => {
              const { customer, reasons } = candidate;
              return (
                <li key={customer.id}>
                  <Anchor href={`/customers/${customer.id}`} target="_blank" rel="noreferrer" fw={500}>
                    {customer.name}
                    <span className="visually-hidden"> ({t('customers.duplicate.new_tab')})</span>
                  </Anchor>{' '}
                  <span className={classes.chance}>{t(`customers.duplicate.chance.${likelihood(candidate)}`)}</span>
                  <p className={classes.dim}>
                    {[
                      customer.customer_code,
                      customer.city,
                      formatPhone(customer.primary_phone),
                      customer.primary_email,
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </p>
                  <p className={classes.dim}>{reasons.map((reason) => reason.text).join(' ')}</p>
                </li>
              );
            })}
          </ul>
          {check.hidden_count > 0 && (
            <p className={classes.dim}>{t('customers.duplicate.hidden', { count: check.hidden_count })}</p>
          )}
          {isAsked && (
            <Checkbox
              mt="xs"
              label={t('customers.duplicate.meant')}
              checked={isMeant}
              onChange={(event) => onMeant(event.currentTarget.checked)}
            />
          )}
        </section>
      )}
    </>
  );
}
