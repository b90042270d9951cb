"""Organization: group, maisons, brands, banners, legal entities, sellers, channels, markets.

Says who runs a location and which markets a channel sells in. Six different things, never one
modeled as another.
"""
