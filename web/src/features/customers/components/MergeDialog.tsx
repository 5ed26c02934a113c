import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';

/** Asks which other customer this one is to be merged with; how, the next page asks. */
export default function MergeDialog({
  id,
  onClose,
  onChosen,
}: {
  id: number;
  onClose: () => void;
  onChosen: (other: number) => void;
}) {
  const { t } = useTranslation();
  const [other, setOther] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (other) onChosen(Number(other));
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('customers.merge.ask')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text c="dimmed">{t('customers.merge.text')}</Text>
          <CustomerSelect
            label={t('customers.relation.other')}
            without={[id]}
            value={other}
            onChange={setOther}
            hasFocus
          />
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={!other}>
              {t('customers.merge.next')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
