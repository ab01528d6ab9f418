"""One tender from the hand-over to the minutes, as people play it in their browsers.

It knows pages and nothing behind them: ``make demo`` plays it in front of a whole LPSE,
``tests/flows/test_story.py`` in front of a test server, with a strict eye on every page.
"""
