import { Button, Group, Skeleton, Slider, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { may, useMe } from '@/api/session';
import { ErrorState } from '@/ui/ErrorState';
import { Refusal } from '@/ui/form/FormDrawer';
import { Page, PagePart } from '@/ui/page/Page';
import { showNote } from '@/ui/toasts';
import { settingsQuery, useSaveSettings } from '../queries';
import classes from './QualificationPage.module.css';

const MOST = 8;

/** What a lead needs to be qualified: how much must be known of its budget, authority, need and timeline. */
export function QualificationPage() {
  const { t } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'scoring.manage');
  const { data, error, refetch } = useQuery(settingsQuery);
  const save = useSaveSettings();
  const [draft, setDraft] = useState<number>();
  const gate = draft ?? data?.bant_gate ?? 0;
  const complaint = save.error instanceof ApiError ? save.error.fieldError('bant_gate') : undefined;
  const put = () =>
    save.mutate(
      { bant_gate: gate },
      {
        onSuccess: () => {
          setDraft(undefined);
          showNote(t('scoring.qualification.saved'));
        },
      },
    );
  return (
    <Page title={t('common.settings.lead_qualification')} lead={t('scoring.qualification.lead')}>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PagePart id="bant-gate" title={t('scoring.qualification.gate')} lead={t('scoring.qualification.gate_hint')}>
          <Refusal error={save.error} fields={['bant_gate']} />
          {data ? (
            <div className={classes.gate}>
              <Slider
                thumbLabel={t('scoring.qualification.gate')}
                thumbProps={{ 'aria-valuetext': t('scoring.qualification.of', { gate, most: MOST }) }}
                min={0}
                max={MOST}
                step={1}
                marks={Array.from({ length: MOST + 1 }, (_, value) => ({ value, label: String(value) }))}
                label={null}
                value={gate}
                onChange={setDraft}
                disabled={!mayManage}
              />
            </div>
          ) : (
            <Skeleton height={48} />
          )}
          {complaint && (
            <Text size="sm" c="red" role="alert">
              {complaint}
            </Text>
          )}
          <Text role="status">
            {gate === 0
              ? t('scoring.qualification.open')
              : t('scoring.qualification.needs', { count: gate, most: MOST })}
          </Text>
          <dl className={classes.answers}>
            {(['budget', 'authority', 'need', 'timeline'] as const).map((answer) => (
              <div key={answer}>
                <dt>{t(`scoring.qualification.answers.${answer}`)}</dt>
                <dd>{t(`scoring.qualification.questions.${answer}`)}</dd>
              </div>
            ))}
          </dl>
          <Text size="sm" c="dimmed">
            {t('scoring.qualification.points')} {t('scoring.qualification.import_hint')}
          </Text>
          {mayManage && (
            <Group gap="xs">
              <Button
                disabled={draft === undefined || draft === data?.bant_gate}
                loading={save.isPending}
                onClick={put}
              >
                {t('common.save')}
              </Button>
              {draft !== undefined && draft !== data?.bant_gate && (
                <Button
                  variant="default"
                  onClick={() => {
                    save.reset();
                    setDraft(undefined);
                  }}
                >
                  {t('common.cancel')}
                </Button>
              )}
            </Group>
          )}
        </PagePart>
      )}
    </Page>
  );
}
