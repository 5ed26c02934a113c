import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#eaf5f5',
  '#d6e9ea',
  '#aed3d6',
  '#82bbc0',
  '#5ea5ac',
  '#3d8f97',
  '#287e86',
  '#1b6f76',
  '#135b61',
  '#0b474c',
];

const slate: MantineColorsTuple = [
  '#f6f8f9',
  '#eef1f3',
  '#e2e7ea',
  '#d0d7dc',
  '#b3bdc4',
  '#8c98a1',
  '#66737d',
  '#4a5660',
  '#323c45',
  '#1d252c',
];

const night: MantineColorsTuple = [
  '#dfe5e9',
  '#b9c3ca',
  '#98a4ad',
  '#6b7882',
  '#3a4650',
  '#2c363f',
  '#202931',
  '#171e25',
  '#12181e',
  '#0c1115',
];

/** Long lists of options scroll by themselves: Mantine's scroll area is a region that no key reaches. */
const scrollingOptions = { withScrollArea: false, classNames: { options: 'crm-options' } };

/** Calm and dense: small controls, thin lines, one accent. */
export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 7 },
  colors: { petrol, gray: slate, dark: night },
  fontFamily:
    "'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, 'Inter', Roboto, 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, 'Liberation Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.5' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem', lineHeight: '1.3' }, h2: { fontSize: '0.9375rem', lineHeight: '1.4' } },
  },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Plain objects: `Button.extend` would pull each of these components into the first load.
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right', ...scrollingOptions } },
    MultiSelect: { defaultProps: scrollingOptions },
    TagsInput: { defaultProps: scrollingOptions },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Popover: { defaultProps: { shadow: 'md', withinPortal: true } },
    Modal: { defaultProps: { overlayProps: { backgroundOpacity: 0.35 } } },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.25 } } },
  },
});

/** Where Mantine's own colours lack contrast (WCAG AA), and the lines and surfaces of our own. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': 'var(--mantine-color-gray-9)',
    '--mantine-color-dimmed': '#56626c',
    '--mantine-color-placeholder': '#66727c',
    '--mantine-color-error': '#c02626',
    '--mantine-color-gray-light-color': 'var(--mantine-color-gray-8)',
    '--mantine-color-petrol-light-color': 'var(--mantine-color-petrol-8)',
    '--mantine-color-red-light-color': '#a61e1e',
    '--mantine-color-green-light-color': '#1c6b34',
    '--mantine-color-orange-light-color': '#8f4300',
    '--crm-page': 'var(--mantine-color-gray-0)',
    '--crm-surface': '#ffffff',
    '--crm-sunken': 'var(--mantine-color-gray-0)',
    '--crm-line': 'var(--mantine-color-gray-2)',
    '--crm-hover': 'rgb(27 111 118 / 5%)',
    '--crm-chosen': 'rgb(27 111 118 / 10%)',
    '--crm-accent': 'var(--mantine-color-petrol-7)',
    '--crm-link': 'var(--mantine-color-petrol-8)',
    '--crm-good': '#1c6b34',
    '--crm-bad': '#b32222',
    '--crm-warn': '#8f4300',
  },
  dark: {
    '--mantine-color-text': 'var(--mantine-color-dark-0)',
    '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
    '--mantine-color-placeholder': '#8794a0',
    '--mantine-color-error': '#ff9a94',
    '--mantine-color-gray-light-color': 'var(--mantine-color-dark-0)',
    '--mantine-color-petrol-light-color': 'var(--mantine-color-petrol-2)',
    '--mantine-color-red-light-color': '#ffb3ae',
    '--mantine-color-green-light-color': '#8fdba6',
    '--mantine-color-orange-light-color': '#ffc58f',
    '--crm-page': 'var(--mantine-color-dark-8)',
    '--crm-surface': 'var(--mantine-color-dark-7)',
    '--crm-sunken': 'var(--mantine-color-dark-8)',
    '--crm-line': '#28323a',
    '--crm-hover': 'rgb(130 187 192 / 7%)',
    '--crm-chosen': 'rgb(130 187 192 / 14%)',
    '--crm-accent': 'var(--mantine-color-petrol-4)',
    '--crm-link': 'var(--mantine-color-petrol-3)',
    '--crm-good': '#8fdba6',
    '--crm-bad': '#ff9a94',
    '--crm-warn': '#ffc58f',
  },
});
