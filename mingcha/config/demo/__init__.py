"""The demo: the campaign of 19–27 October 2021, told through the rooms' actions by the hands that may take them."""
