import { ActionIcon, Button } from '@mantine/core';
import { IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Opportunity } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { useCommands } from '@/ui/commands/registry';
import { useErrorText } from '@/ui/error-text';
import { PersonBadge } from '@/ui/PersonBadge';
import { showRefusal, showUndo } from '@/ui/toasts';
import { favouriteQuery, hereQuery, useDeleteOpportunity, useFavourite } from '../record-queries';
import classes from './Head.module.css';

/** Which opportunity it is, whose, who else has it open, and what can be done with it. */
export function Head({
  opportunity,
  isEditing,
  children,
}: {
  opportunity: Opportunity;
  isEditing: boolean;
  /** More that can be done. */
  children?: ReactNode;
}) {
  const { id, name, customer, customer_name, opportunity_number, sales_rep_name } = opportunity;
  return (
    <header className={classes.head}>
      <div className={classes.who}>
        <div className={classes.name}>
          <h1 className={classes.title}>{name}</h1>
          <Star id={id} name={name} />
        </div>
        <div className={classes.under}>
          {customer !== null && (
            <Link to="/customers/$customerId" params={{ customerId: customer }}>
              {customer_name}
            </Link>
          )}
          <span className={classes.code}>{opportunity_number}</span>
          {sales_rep_name && <PersonBadge name={sales_rep_name} />}
        </div>
        <Present id={id} isEditing={isEditing} />
      </div>
      <div className={classes.actions}>
        {children}
        <Remove opportunity={opportunity} />
      </div>
    </header>
  );
}

function Star({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: isFavourite = false } = useQuery(favouriteQuery(id));
  const favourite = useFavourite(id);
  const Icon = isFavourite ? IconStarFilled : IconStar;
  const flip = () => favourite.mutate(!isFavourite, { onError: (error) => showRefusal(textOf(error)) });
  useCommands(name, [
    {
      id: 'opportunity.favourite',
      label: t(isFavourite ? 'opportunities.head.no_favourite' : 'opportunities.head.to_favourites'),
      icon: Icon,
      run: flip,
    },
  ]);
  return (
    <ActionIcon
      aria-pressed={isFavourite}
      aria-label={t('opportunities.head.favourite')}
      title={t('opportunities.head.favourite')}
      className={classes.star}
      onClick={flip}
    >
      <Icon size={17} aria-hidden />
    </ActionIcon>
  );
}

function Present({ id, isEditing }: { id: number; isEditing: boolean }) {
  const { t } = useTranslation();
  const { data: others = [] } = useQuery({
    ...hereQuery(id, isEditing ? 'editing' : 'viewing'),
    placeholderData: (before) => before,
  });
  return (
    <ul className={classes.others} aria-label={t('opportunities.here.title')} aria-live="polite">
      {others.map((other) => (
        <li key={other.id}>{t(`opportunities.here.${other.state}`, { name: other.name })}</li>
      ))}
    </ul>
  );
}

function Remove({ opportunity: { id, name } }: { opportunity: Opportunity }) {
  const { t } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const [asked, ask] = useState(false);
  const remove = useDeleteOpportunity(id);
  const isAllowed = may(me, 'opportunity.delete');
  const label = t('opportunities.head.delete');
  useCommands(name, isAllowed ? [{ id: 'opportunity.delete', label, icon: IconTrash, run: () => ask(true) }] : []);
  if (!isAllowed) return null;
  const run = () =>
    remove.mutate(undefined, {
      onSuccess: (operation) => {
        showUndo(t('opportunities.head.deleted', { name }), operation);
        navigate({ to: '/opportunities' });
      },
      onError: (error) => showRefusal(textOf(error)),
    });
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => ask(true)}>
        {label}
      </Button>
      <ConfirmDialog
        opened={asked}
        title={t('opportunities.head.delete_title', { name })}
        text={t('opportunities.head.delete_text')}
        confirm={label}
        onConfirm={run}
        onClose={() => ask(false)}
      />
    </>
  );
}
