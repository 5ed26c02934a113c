import { Button, Divider, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import { FieldInput } from '@/ui/form/FieldInput';
import { FormDrawer } from '@/ui/form/FormDrawer';
import { showRefusal, showUndo } from '@/ui/toasts';
import { type ForecastLine, saveAdjustment, saveQuota } from '../figures';

/** What somebody, or a team, is to win in a period, and a manager's own number beside the forecast. */
export function TargetDrawer({
  line,
  period,
  title,
  onClose,
}: {
  line: ForecastLine;
  period: string;
  title: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['forecast'] });
  const quota = useMutation({ mutationFn: saveQuota, onSuccess: refresh });
  const adjustment = useMutation({ mutationFn: saveAdjustment, onSuccess: refresh });
  const whose = line.kind === 'team' ? { team_id: line.id } : { user_id: line.id };
  const [amount, setAmount] = useState(line.quota?.amount ?? '');
  const [own, setOwn] = useState(line.adjustment?.amount ?? '');
  const [reason, setReason] = useState('');
  const errorOf = (name: string) =>
    adjustment.error instanceof ApiError ? adjustment.error.fieldError(name) : undefined;
  const quotaError = quota.error instanceof ApiError ? quota.error.fieldError('quotas.0.amount') : undefined;
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={title}
      submit={t('common.save')}
      isPending={adjustment.isPending}
      error={adjustment.error}
      fields={['amount', 'reason']}
      errors={adjustment.error instanceof ApiError ? adjustment.error.errors : undefined}
      onSubmit={(event) => {
        event.preventDefault();
        adjustment.mutate(
          { period, ...whose, amount: own || null, reason },
          {
            onSuccess: (operation) => {
              onClose();
              showUndo(t('opportunities.forecast.adjustment_saved'), operation);
            },
          },
        );
      }}
    >
      <FieldInput
        kind="money"
        label={t('opportunities.forecast.quota')}
        value={amount}
        onChange={(next) => setAmount(String(next))}
        error={quotaError}
        data-autofocus
      />
      <Button
        variant="default"
        loading={quota.isPending}
        onClick={() =>
          quota.mutate(
            { period, quotas: [{ ...whose, amount: amount || null }] },
            {
              onSuccess: (operation) => {
                onClose();
                showUndo(t('opportunities.forecast.quota_saved'), operation);
              },
              onError: (error) => {
                if (!(error instanceof ApiError && error.fieldError('quotas.0.amount'))) showRefusal(textOf(error));
              },
            },
          )
        }
      >
        {t('opportunities.forecast.save_quota')}
      </Button>
      <Divider />
      <FieldInput
        kind="money"
        label={t('opportunities.forecast.adjustment')}
        value={own}
        onChange={(next) => setOwn(String(next))}
        error={errorOf('amount')}
      />
      <Textarea
        label={t('opportunities.forecast.reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errorOf('reason')}
      />
    </FormDrawer>
  );
}
