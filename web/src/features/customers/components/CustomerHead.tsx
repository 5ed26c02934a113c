import { Button } from '@mantine/core';
import {
  IconBrandWhatsapp,
  IconBuilding,
  IconChevronLeft,
  IconMail,
  IconMapPin,
  IconPhone,
  IconUser,
  type TablerIcon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Address, Customer, Customer360 } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { useErrorText } from '@/ui/error-text';
import { PersonBadge } from '@/ui/PersonBadge';
import cells from '@/ui/record-list/cells.module.css';
import { Here } from '@/ui/record-page/Here';
import { RecordHead } from '@/ui/record-page/RecordHead';
import classes from '@/ui/record-page/RecordHead.module.css';
import { Star } from '@/ui/record-page/Star';
import { showRefusal } from '@/ui/toasts';
import { mapLink, whatsAppLink } from '../links';
import { useFavourite } from '../record-queries';
import { CustomerMenu } from './CustomerMenu';

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
  const textOf = useErrorText();
  const { profile: customer } = data;
  const favourite = useFavourite(customer.id);
  return (
    <RecordHead
      back={
        <Link to="/customers">
          <IconChevronLeft size={13} aria-hidden />
          {t('customers.title')}
        </Link>
      }
      present={<Here kind="customers" id={customer.id} isEditing={isEditing} />}
      icon={customer.customer_type === 'company' ? IconBuilding : IconUser}
      title={customer.name}
      star={
        <Star
          name={customer.name}
          isFavourite={data.is_favourite}
          onFlip={() => favourite.mutate(!data.is_favourite, { onError: (error) => showRefusal(textOf(error)) })}
        />
      }
      under={<Summary customer={customer} />}
      actions={
        <>
          <Reach customer={customer} address={data.addresses.find(({ is_primary }) => is_primary)} />
          {actions}
          <CustomerMenu customer={customer} />
        </>
      }
    />
  );
}

function Summary({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  return (
    <>
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
    </>
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
