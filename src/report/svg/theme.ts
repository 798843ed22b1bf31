/** Colours that stay apart for colour-blind readers (Okabe and Ito, 2008). */
export const SERIES_COLORS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#56b4e9',
  '#999999',
] as const;

/** Dark to light in equal steps of lightness (viridis, van der Walt and Smith). */
export const HEAT_COLORS = ['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725'] as const;

export const GRID_COLOR = '#e4e4e4';
export const AXIS_COLOR = '#888';
export const MUTED = '#666';
