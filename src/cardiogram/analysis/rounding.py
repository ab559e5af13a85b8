"""Numbers as one reads them: no more figures than they deserve, and no exponent."""

from __future__ import annotations

READABLE, SMALL = 1_000, 0.01
"""Ratios beyond these are named by the bound alone; results.json has the exact value."""


def round_figure(value: float) -> str:
    """Two decimals, or one figure where these would show a 0 that is none.

    Examples
    --------
    >>> [round_figure(value) for value in (0.314, -0.0021, 3e-7, -3e-7, 0.0)]
    ['0.31', '-0.002', '<0.0001', '>-0.0001', '0.00']
    """
    if 0 < abs(value) < 1e-4:
        return "<0.0001" if value > 0 else ">-0.0001"
    return f"{value:.2f}" if abs(value) >= 0.005 or value == 0 else f"{value:.1g}"


def round_count(value: float) -> str:
    """A count, or a median of counts, in full.

    Examples
    --------
    >>> [round_count(value) for value in (0.0, 113.5, 1609120.0)]
    ['0', '113.5', '1,609,120']
    """
    return f"{value:,.1f}".removesuffix(".0")


def round_ratio(value: float) -> str:
    """A ratio as one reads it: two figures, three around 1, and no exponent.

    Examples
    --------
    >>> [round_ratio(value) for value in (0.0762, 0.292, 1.02, 5.1, 16.6, 330, 1.6e8, 2e-7)]
    ['0.08', '0.29', '1.02', '5.1', '17', '330', 'more than 1,000', 'less than 0.01']
    """
    if value > READABLE:
        return f"more than {READABLE:,}"
    if value < SMALL:
        return f"less than {SMALL:g}"
    decimals = 2 if value < 1.995 else 1 if value < 9.95 else 0
    return f"{value:.{decimals}f}"


def round_ratios(low: float, high: float) -> str:
    """An interval of ratios.

    Examples
    --------
    >>> round_ratios(0.2, 5.1), round_ratios(0.4, 2e9), round_ratios(5e3, 2e9)
    ('0.20 to 5.1', '0.40 to more than 1,000', 'more than 1,000')
    """
    first, second = round_ratio(low), round_ratio(high)
    return first if first == second else f"{first} to {second}"


def round_p_value(value: float | None) -> str:
    """A p or q value without false precision.

    Examples
    --------
    >>> round_p_value(1.3e-05), round_p_value(0.0412), round_p_value(None)
    ('<0.001', '0.041', '')
    """
    if value is None:
        return ""
    return "<0.001" if value < 0.001 else f"{value:.3f}"
