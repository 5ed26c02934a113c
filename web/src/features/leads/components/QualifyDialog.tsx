import { Alert, Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { showUndo } from '@/ui/toasts';
import { type Answers, points, type Question, questions, type Strength } from '../bant';
import { bantQuery, type LeadLine, useQualify } from '../queries';
import { titleOf } from '../title';
import { StrengthControl } from './StrengthControl';

/** Makes a lead qualified, with the answers it lacks given in the same stroke. */
export function QualifyDialog({
  lead,
  opened,
  onClose,
  refusal,
}: {
  lead: LeadLine;
  opened: boolean;
  onClose: () => void;
  /** Why the server did not do it at once. */
  refusal?: unknown;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: bant, error, refetch } = useQuery({ ...bantQuery(lead.id), enabled: opened });
  const qualify = useQualify();
  const [given, setGiven] = useState<Partial<Record<Question, Strength>>>({});
  const shown = { ...Object.fromEntries((bant?.answers ?? []).map((one) => [one.question, one.strength])), ...given };
  const refused = qualify.error ?? (Object.keys(given).length === 0 ? refusal : undefined);
  const complaint = refused instanceof ApiError ? (refused.fieldError('status') ?? textOf(refused)) : undefined;
  const score = points(Object.values(shown));
  const isEnough = bant !== undefined && score >= bant.gate;

  const close = () => {
    setGiven({});
    qualify.reset();
    onClose();
  };
  const send = () => {
    const answers: Answers = {};
    for (const answer of bant?.answers ?? []) {
      const strength = given[answer.question];
      if (!strength || strength === answer.strength) continue;
      answers[answer.question] = { strength, evidence_kind: answer.evidence_kind, evidence: answer.evidence };
    }
    qualify.mutate(
      { id: lead.id, status: 'qualified', bant: Object.keys(answers).length > 0 ? answers : undefined },
      {
        onSuccess: ({ operation }) => {
          showUndo(t('leads.done.qualified', { name: titleOf(lead) }), operation);
          close();
        },
      },
    );
  };

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('leads.qualify.title', { name: titleOf(lead) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Stack gap="sm">
          {error && !bant && <ErrorState error={error} onRetry={() => refetch()} />}
          {!error && !bant && questions.map((question) => <Skeleton key={question} height={50} />)}
          {bant?.answers.map(({ question }, place) => (
            <StrengthControl
              key={question}
              question={question}
              hasFocus={place === 0}
              value={shown[question] ?? 'unknown'}
              onChange={(strength) => {
                setGiven((all) => ({ ...all, [question]: strength }));
                qualify.reset();
              }}
            />
          ))}
          {bant && (
            <Text size="sm" c={isEnough ? undefined : 'dimmed'} aria-live="polite">
              {t('leads.bant.score', { score, most: bant.max_score })}{' '}
              {!isEnough && t('leads.bant.needs', { gate: bant.gate })}
            </Text>
          )}
          {complaint && (
            <Alert color="red" variant="light" role="alert" p="xs">
              {complaint}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={qualify.isPending} disabled={!bant}>
              {t('leads.qualify.do')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
