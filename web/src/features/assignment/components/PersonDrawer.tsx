import { ActionIcon, Button, Input, MultiSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { AssignmentPerson } from '@/api/types';
import { businessDay } from '@/lib/dates';
import { randomId } from '@/lib/random-id';
import { DateField } from '@/ui/DateField';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { countries } from '../countries';
import { days, type Hours, spansOf, spansText } from '../hours';
import { useSavePerson } from '../queries';
import classes from './Assignment.module.css';

const fields = ['hours', 'absences', 'daily_cap', 'skills', 'cities', 'countries'];

/** Somebody's week and absences; and, for who leads them, how many they take, what they know and where. */
export function PersonDrawer({ person, onClose }: { person: AssignmentPerson; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const save = useSavePerson();
  const form = useForm({
    initialValues: {
      hours: Object.fromEntries(days.map((day) => [day, spansText(person.hours as Hours, day)])),
      absences: person.absences.map((absence) => ({ reason: '', ...absence, id: randomId() })),
      daily_cap: String(person.daily_cap ?? ''),
      skills: person.skills,
      cities: person.cities,
      countries: person.countries,
    },
  });
  const places = useMemo(() => countries(i18n.language), [i18n.language]);
  const submit = form.onSubmit(({ hours, absences, daily_cap, skills, cities, countries: codes }) => {
    const written = Object.entries(hours).map(([day, text]) => [day, spansOf(text)] as const);
    const own = {
      hours: Object.fromEntries(written.filter(([, spans]) => spans.length > 0)),
      absences: absences.map(({ id: _own, ...absence }) => absence),
    };
    const managed = { daily_cap: daily_cap === '' ? null : Number(daily_cap), skills, cities, countries: codes };
    save.mutate(
      { id: person.user_id, ...own, ...(person.is_managed && managed) },
      {
        onSuccess: (operation) => {
          showUndo(t('assignment.people.saved', { name: person.name }), operation);
          onClose();
        },
        onError: (error) => form.setErrors(errorsOf(error, fields)),
      },
    );
  });
  return (
    <FormDrawer
      opened
      onClose={onClose}
      size={560}
      title={person.name}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
    >
      <Input.Wrapper
        label={t('assignment.people.hours')}
        labelElement="div"
        description={t('assignment.people.hours_hint')}
        error={form.errors.hours}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame */}
        <div className={classes.week} role="group" aria-label={t('assignment.people.hours')}>
          {days.map((day) => (
            <Day
              key={day}
              label={t(`assignment.days.long.${day}`)}
              closed={t('assignment.people.closed')}
              value={form.values.hours[day] ?? ''}
              onChange={(text) => {
                form.setFieldValue(`hours.${day}`, text);
                form.clearFieldError('hours');
              }}
              isWrong={form.errors.hours !== undefined}
              isFirst={day === days[0]}
            />
          ))}
        </div>
      </Input.Wrapper>
      <Input.Wrapper label={t('assignment.people.absences')} labelElement="div" error={form.errors.absences}>
        {form.values.absences.map((absence, place) => (
          <div key={absence.id} className={classes.absence}>
            <DateField
              label={t('assignment.people.first_day')}
              value={absence.from || null}
              onChange={(from) => form.setFieldValue(`absences.${place}.from`, from ?? '')}
              clearable={false}
            />
            <DateField
              label={t('assignment.people.last_day')}
              value={absence.to || null}
              onChange={(to) => form.setFieldValue(`absences.${place}.to`, to ?? '')}
              clearable={false}
            />
            <TextInput label={t('assignment.people.reason')} {...form.getInputProps(`absences.${place}.reason`)} />
            <ActionIcon
              aria-label={t('assignment.people.remove_absence', { day: absence.from })}
              onClick={() => form.removeListItem('absences', place)}
              mb={4}
            >
              <IconTrash size={15} aria-hidden />
            </ActionIcon>
          </div>
        ))}
        <div className={classes.add}>
          <Button
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => {
              const today = businessDay(new Date());
              form.insertListItem('absences', { id: randomId(), from: today, to: today, reason: '' });
            }}
          >
            {t('assignment.people.add_absence')}
          </Button>
        </div>
      </Input.Wrapper>
      {person.is_managed && (
        <>
          <NumberInput
            label={t('assignment.people.cap')}
            description={t('assignment.people.cap_hint')}
            allowDecimal={false}
            value={form.values.daily_cap}
            onValueChange={({ value }) => form.setFieldValue('daily_cap', value)}
            error={form.errors.daily_cap}
          />
          <TagsInput
            label={t('assignment.people.skills')}
            description={t('assignment.people.skills_hint')}
            acceptValueOnBlur
            {...form.getInputProps('skills')}
          />
          <TagsInput
            label={t('assignment.people.cities')}
            description={t('common.filter.several')}
            acceptValueOnBlur
            {...form.getInputProps('cities')}
          />
          <MultiSelect
            label={t('assignment.people.countries')}
            data={places}
            searchable
            filter={foldedOptions}
            limit={50}
            nothingFoundMessage={t('common.nothing_found')}
            {...form.getInputProps('countries')}
          />
        </>
      )}
    </FormDrawer>
  );
}

function Day({
  label,
  closed,
  value,
  onChange,
  isWrong,
  isFirst,
}: {
  label: string;
  closed: string;
  value: string;
  onChange: (text: string) => void;
  isWrong: boolean;
  /** It has the focus when the form opens. */
  isFirst: boolean;
}) {
  return (
    <>
      <span aria-hidden>{label}</span>
      <TextInput
        aria-label={label}
        placeholder={closed}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        // As the server will read it.
        onBlur={() => {
          const text = spansOf(value).join(', ');
          if (text !== value) onChange(text);
        }}
        error={isWrong}
        data-autofocus={isFirst || undefined}
      />
    </>
  );
}
