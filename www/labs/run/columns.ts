/**
 * Set up, watch, look inside: three columns where there is room, the same order stacked where there is not. The third is `.last`.
 * `.columns.two` has a wide second column and no third.
 */
import { css } from 'lit';

export const columnStyles = css`
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 36px;
    padding-top: 22px;
  }
  .columns > section {
    min-width: 0;
  }
  .columns h2 {
    font-size: 0.95rem;
    color: var(--ink-soft);
    font-weight: 500;
    margin-bottom: 14px;
  }
  @container (min-width: 700px) {
    .columns {
      grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
    }
    .last {
      grid-column: 1 / -1;
    }
  }
  @container (min-width: 1040px) {
    .columns {
      grid-template-columns: 300px minmax(0, 1fr) minmax(320px, 372px);
      gap: 40px;
    }
    .columns.two {
      grid-template-columns: 280px minmax(0, 1fr);
    }
    .last {
      grid-column: auto;
    }
  }
`;
