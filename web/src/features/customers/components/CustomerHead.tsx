import { ActionIcon, Button } from '@mantine/core';
import {
  IconBrandWhatsapp,
  IconBuilding,
  IconChevronLeft,
  IconMail,
  IconMapPin,
  IconPhone,
  IconStar,
  IconStarFilled,
  IconUser,
  type TablerIcon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Address, Customer, Customer360 } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { useCommands } from '@/ui/commands/registry';
import { useErrorText } from '@/ui/error-text';
import { PersonBadge } from '@/ui/PersonBadge';
import cells from '@/ui/record-list/cells.module.css';
import { showRefusal } from '@/ui/toasts';
import { mapLink, whatsAppLink } from '../links';
import { useFavourite } from '../record-queries';
import classes from './CustomerHead.module.css';
import { CustomerMenu } from './CustomerMenu';
import { Present } from './Present';

/** Who it is, how to reach them, and what can be done with the record. */
export function CustomerHead({
  data,
  isEditing,
  actions,
}: {
  data: Customer360;
  isEditing: boolean;
  actions?: ReactNode;
}) {
  const { t } = useTranslation();
  const { profile: customer } = data;
  const TypeIcon = customer.customer_type === 'company' ? IconBuilding : IconUser;
  return (
    <header className={classes.head}>
      <div className={classes.top}>
        <Link to="/customers" className={classes.back}>
          <IconChevronLeft size={13} aria-hidden />
          {t('customers.title')}
        </Link>
        <Present id={customer.id} isEditing={isEditing} />
      </div>
      <div className={classes.main}>
        <span className={classes.type} aria-hidden>
          <TypeIcon size={20} stroke={1.6} />
        </span>
        <div className={classes.who}>
          <div className={classes.name}>
            <h1 className={classes.title}>{customer.name}</h1>
            <Star id={customer.id} name={customer.name} isFavourite={data.is_favourite} />
          </div>
          <Summary customer={customer} />
        </div>
        <div className={classes.actions}>
          <Reach customer={customer} address={data.addresses.find(({ is_primary }) => is_primary)} />
          {actions}
          <CustomerMenu customer={customer} />
        </div>
      </div>
    </header>
  );
}

function Star({ id, name, isFavourite }: { id: number; name: string; isFavourite: boolean }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const favourite = useFavourite(id);
  const Icon = isFavourite ? IconStarFilled : IconStar;
  const flip = () => favourite.mutate(!isFavourite, { onError: (error) => showRefusal(textOf(error)) });
  useCommands(name, [
    {
      id: 'customer.favourite',
      label: t(isFavourite ? 'customers.head.no_favourite' : 'customers.head.to_favourites'),
      icon: Icon,
      run: flip,
    },
  ]);
  return (
    <ActionIcon
      aria-pressed={isFavourite}
      aria-label={t('customers.head.favourite')}
      title={t('customers.head.favourite')}
      className={classes.star}
      onClick={flip}
    >
      <Icon size={17} aria-hidden />
    </ActionIcon>
  );
}

function Summary({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  return (
    <div className={classes.under}>
      <span className={classes.status} data-inactive={!customer.is_active || undefined}>
        {customer.is_active ? t('customers.active') : t('customers.inactive')}
      </span>
      <span>{t(`customers.type.${customer.customer_type}`)}</span>
      <span className={classes.code}>{customer.customer_code}</span>
      {customer.city && <span>{customer.city}</span>}
      {customer.owner_name && (
        <span title={t('customers.owner')}>
          <PersonBadge name={customer.owner_name} />
        </span>
      )}
      {customer.tags.length > 0 && (
        <span>
          {customer.tags.map((tag) => (
            <span key={tag} className={cells.tag}>
              {tag}
            </span>
          ))}
        </span>
      )}
    </div>
  );
}

/** The ways to the customer: call, write, visit. Only those that exist. */
function Reach({ customer, address }: { customer: Customer; address: Address | undefined }) {
  const { t } = useTranslation();
  const { primary_phone: phone, primary_email: email } = customer;
  // A city alone is no place to go to.
  const isPlace = address && (address.line || address.district);
  const ways: [TablerIcon, string, string | undefined, string][] = [
    [IconPhone, t('customers.head.call'), phone ? `tel:${phone}` : undefined, formatPhone(phone)],
    [IconBrandWhatsapp, 'WhatsApp', whatsAppLink(phone), formatPhone(phone)],
    [IconMail, t('customers.head.write'), email ? `mailto:${email}` : undefined, email],
    [IconMapPin, t('customers.head.map'), isPlace ? mapLink(address) : undefined, t('customers.head.map')],
  ];
  return ways.map(
    ([Icon, label, href, title]) =>
      href && (
        <Button
          key={label}
          component="a"
          href={href}
          title={title}
          target={href.startsWith('https:') ? '_blank' : undefined}
          rel={href.startsWith('https:') ? 'noreferrer' : undefined}
          variant="default"
          leftSection={<Icon size={15} stroke={1.7} aria-hidden />}
        >
          {label}
        </Button>
      ),
  );
}
