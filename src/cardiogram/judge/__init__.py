"""Judges: what rates a card by the rubric, and how a study is rated."""
